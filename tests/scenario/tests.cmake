# Scripts in packetdrill's notation, one test for each folder.  All of them pass; those that must fail
# are in tests/cli/scenario_wrong.
file(GLOB folders CONFIGURE_DEPENDS LIST_DIRECTORIES true RELATIVE ${CMAKE_CURRENT_LIST_DIR}
    ${CMAKE_CURRENT_LIST_DIR}/*)
foreach(folder ${folders})
    if(IS_DIRECTORY ${CMAKE_CURRENT_LIST_DIR}/${folder})
        lull_script_test(scenario.${folder}
            tests/scenario/play.sh $<TARGET_FILE:lull_program> tests/scenario/${folder})
    endif()
endforeach()
lull_script_test(scenario.output
    python3 tests/scenario/output_test.py $<TARGET_FILE:lull_program>)
