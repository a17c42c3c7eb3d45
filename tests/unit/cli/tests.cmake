# lull_unit_test(cli NAME), one line each
lull_unit_test(cli cli_body)
lull_unit_test(cli cli_control_answer)
lull_unit_test(cli cli_http)
lull_unit_test(cli cli_json)
lull_unit_test(cli cli_options)
lull_unit_test(cli cli_parse)
lull_unit_test(cli cli_status_text)
lull_unit_test(cli cli_talks)
