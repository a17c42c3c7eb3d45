lull_unit_test(sim sim_link)
