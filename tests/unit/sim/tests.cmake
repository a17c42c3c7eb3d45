lull_unit_test(sim sim_link)
lull_unit_test(sim sim_world)

# Worlds of tests.
target_sources(sim_world_test PRIVATE support/internet.c)
target_include_directories(sim_world_test PRIVATE support)
