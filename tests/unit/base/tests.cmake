# lull_unit_test(base NAME), one line each
