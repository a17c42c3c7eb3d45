lull_unit_test(tcp tcp_state)
lull_unit_test(tcp tcp_arrive)
lull_unit_test(tcp tcp_receive)
