# Pictures of stories, and a browser that looks at them.
add_executable(pictures browser/pictures.c)
target_link_libraries(pictures PRIVATE lull_test_story)

# A browser is the same under every compiler.
if(NOT LULL_SANITIZE AND NOT LULL_COVERAGE)
    lull_script_test(browser.page tests/browser/page.sh $<TARGET_FILE:pictures>
        $<TARGET_FILE:lull_program>)
    set_tests_properties(browser.page PROPERTIES TIMEOUT 240)
endif()
