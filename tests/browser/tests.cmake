# Pictures of stories, and a browser that looks at them.
add_executable(pictures browser/pictures.c)
target_link_libraries(pictures PRIVATE lull_test_story)

# A browser is the same under every compiler.
if(NOT LULL_SANITIZE AND NOT LULL_COVERAGE)
    lull_script_test(browser.page tests/browser/page.sh page_test.mjs $<TARGET_FILE:pictures>)
    lull_script_test(browser.book tests/browser/page.sh book_test.mjs $<TARGET_FILE:lull_program>)
    set_tests_properties(browser.page browser.book PROPERTIES TIMEOUT 240)
endif()
