# Programs that tests against real peers need, and those tests.
add_executable(fault_wire interop/fault_wire.c interop/fault_wire_options.c)
target_compile_definitions(fault_wire PRIVATE _GNU_SOURCE)
target_link_libraries(fault_wire PRIVATE lull_lab lull_os)

add_executable(fault_wire_options_test interop/fault_wire_options_test.c
    interop/fault_wire_options.c)
target_include_directories(fault_wire_options_test PRIVATE .)
target_link_libraries(fault_wire_options_test PRIVATE lull_lab lull_test_options PkgConfig::CMOCKA)
add_test(NAME interop.fault_wire_options COMMAND fault_wire_options_test)

add_executable(bind_matrix interop/bind_matrix.c)
target_link_libraries(bind_matrix PRIVATE lull_core)
lull_script_test(interop.bind_matrix
    python3 tests/interop/bind_matrix_test.py $<TARGET_FILE:bind_matrix>)
set_tests_properties(interop.bind_matrix PROPERTIES TIMEOUT 120)

add_executable(capture_story interop/capture_story.c)
target_link_libraries(capture_story PRIVATE lull_cli)

lull_script_test(interop.fault_wire
    python3 tests/interop/fault_wire_test.py $<TARGET_FILE:fault_wire>)
set_tests_properties(interop.fault_wire PROPERTIES TIMEOUT 120)

# lull_interop_test(name programs...): the kernel against lull, in a namespace of its own.  Those
# that are slow are left out under sanitizers.
function(lull_interop_test name)
    lull_script_test(interop.${name}
        python3 tests/interop/${name}_test.py $<TARGET_FILE:lull_program> ${ARGN})
    set_tests_properties(interop.${name} PROPERTIES TIMEOUT 240)
endfunction()

lull_interop_test(transfer)
lull_interop_test(closing $<TARGET_FILE:fault_wire>)
lull_interop_test(draw $<TARGET_FILE:capture_story>)
lull_interop_test(restart_client)
set_tests_properties(interop.transfer PROPERTIES LABELS slow)

# Through a wire with faults, which only the plain build is quick enough for.
if(NOT LULL_SANITIZE AND NOT LULL_COVERAGE)
    lull_script_test(interop.lossy tests/interop/lossy.sh $<TARGET_FILE:lull_program>
        $<TARGET_FILE:fault_wire>)
    set_tests_properties(interop.lossy PROPERTIES TIMEOUT 300)
endif()

# The lab's pictures, read by those they are made for.
lull_script_test(interop.lab_jsonl python3 tests/interop/lab_jsonl_test.py
    $<TARGET_FILE:story_draw> $<TARGET_FILE:lull_program>)
lull_script_test(interop.lab_mermaid tests/interop/lab_mermaid.sh $<TARGET_FILE:story_draw>
    $<TARGET_FILE:lull_program>)
lull_script_test(interop.lab_pcapng python3 tests/interop/lab_pcapng_test.py
    $<TARGET_FILE:story_draw> $<TARGET_FILE:lull_program>)
lull_script_test(interop.lab_infer python3 tests/interop/lab_infer_test.py
    $<TARGET_FILE:capture_story> $<TARGET_FILE:lull_program>)
