lull_unit_test(lab lab_out)
lull_unit_test(lab lab_story)
lull_unit_test(lab lab_utf8)
