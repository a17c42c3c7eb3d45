lull_unit_test(stack stack)
lull_unit_test(stack stack_icmp)
