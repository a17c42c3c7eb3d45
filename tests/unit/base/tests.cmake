# lull_unit_test(base NAME), one line each
lull_unit_test(base error)
lull_unit_test(base tuple_table)
