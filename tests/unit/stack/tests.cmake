lull_unit_test(stack stack)
