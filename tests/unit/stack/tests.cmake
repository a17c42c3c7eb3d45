lull_unit_test(stack stack)
lull_unit_test(stack stack_icmp)
foreach(file stack_conn stack_connect stack_listen stack_ports stack_ports_search stack_quiet stack_record
        stack_tcp stack_user)
    lull_unit_test(stack ${file})
    target_link_libraries(${file}_test PRIVATE lull_test_support)
endforeach()
