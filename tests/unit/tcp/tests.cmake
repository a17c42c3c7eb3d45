lull_unit_test(tcp tcp_state)
