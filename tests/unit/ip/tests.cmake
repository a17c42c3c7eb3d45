lull_unit_test(ip ip_icmp4)
lull_unit_test(ip ip_icmp_limit)
lull_unit_test(ip ip_route)
