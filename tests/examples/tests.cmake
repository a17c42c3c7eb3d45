add_test(NAME examples.echo_buffers COMMAND echo_buffers)
lull_script_test(examples.echo_tap
    python3 tests/examples/echo_tap_test.py $<TARGET_FILE:echo_tap>)
lull_script_test(examples.campaign
    tests/examples/campaign_test.sh $<TARGET_FILE:lull_program>)
lull_script_test(examples.fragments
    python3 tests/examples/fragments_test.py ${CMAKE_C_COMPILER})
lull_script_test(scripts.docs python3 tests/scripts/docs_test.py)
