foreach(file socket socket_bind socket_bind_matrix socket_bind_pairs socket_option
        socket_share)
    lull_unit_test(socket ${file})
    target_link_libraries(${file}_test PRIVATE lull_test_support)
endforeach()
