# What is not Lull's own and comes with the distribution.

# lull_find_module(PREFIX module why package otherwise) finds a library by pkg-config, as the target
# PkgConfig::PREFIX, or says what it is for, what brings it, and how to do without.
function(lull_find_module prefix module why package otherwise)
    find_package(PkgConfig QUIET)
    if(NOT PkgConfig_FOUND)
        message(FATAL_ERROR "pkg-config was not found.\n"
            "  It finds the libraries that Lull's program and tests need; Debian's package is called "
            "pkgconf.  `scripts/packages build` installs all that is missing.")
    endif()
    pkg_check_modules(${prefix} QUIET IMPORTED_TARGET GLOBAL ${module})
    if(NOT ${prefix}_FOUND)
        message(FATAL_ERROR "${module} was not found.\n"
            "  ${why}; Debian's package is called ${package}.  `scripts/packages build` installs all "
            "that is missing.  ${otherwise}")
    endif()
endfunction()
