foreach(file sim_case sim_choice sim_ledger sim_link sim_octets sim_packet sim_pattern sim_run sim_say sim_shrink)
    lull_unit_test(sim ${file})
endforeach()

# Worlds of tests.
foreach(file sim_call sim_host sim_incident sim_invariant sim_invariant_segments sim_invariant_tables sim_pick sim_router sim_world)
    lull_unit_test(sim ${file})
    target_link_libraries(${file}_test PRIVATE lull_test_support)
endforeach()
