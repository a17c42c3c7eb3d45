# What `cmake --install` puts where.  Nothing installed knows its prefix, so a tree may be moved.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set_target_properties(lull_shared PROPERTIES EXPORT_NAME lull)
install(TARGETS lull_static lull_shared EXPORT lull)
install(DIRECTORY include/lull TYPE INCLUDE FILES_MATCHING PATTERN "*.h")

# find_package(lull) defines lull::lull (shared) and lull::lull_static.
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/lull)
install(EXPORT lull FILE lull-config.cmake NAMESPACE lull:: DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/lull-config-version.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/lull-config-version.cmake DESTINATION ${package_dir})

# pkg-config finds the prefix from where lull.pc lies.
file(RELATIVE_PATH LULL_PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(cmake/lull.pc.in ${PROJECT_BINARY_DIR}/lull.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/lull.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

if(TARGET lull_program)
    install(TARGETS lull_program)
    install(DIRECTORY docs/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 FILES_MATCHING PATTERN "*.1")
endif()
