lull_unit_test(link link_arp)
lull_unit_test(link link_neighbor)
