# lull_unit_test(wire NAME), one line each
