# one line each: lull_unit_test(tcp NAME)
