# lull_unit_test(base NAME), one line each
lull_unit_test(base error)
