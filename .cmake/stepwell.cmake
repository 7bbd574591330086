# The three shapes that every part of the house has: a library, a program, a test.

# stepwell_library(<name> SOURCES ... DEPS ...): target stepwell_<name> from libs/<name>. Without sources: headers only.
function(stepwell_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  if(ARG_SOURCES)
    add_library(stepwell_${name} STATIC ${ARG_SOURCES})
    set(scope PUBLIC)
  else()
    add_library(stepwell_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(stepwell_${name} ${scope} ${CMAKE_SOURCE_DIR}/libs ${CMAKE_SOURCE_DIR}/services)
  target_link_libraries(stepwell_${name} ${scope} ${ARG_DEPS})
endfunction()

# stepwell_program(<name> SOURCES ... DEPS ...): build/bin/<name>.
function(stepwell_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/libs ${CMAKE_SOURCE_DIR}/services)
  target_link_libraries(${name} PRIVATE ${ARG_DEPS})
endfunction()

# stepwell_test(<name> SOURCES ... DEPS ...): a GoogleTest program that ctest runs. A name ending in _pgtest needs
# PostgreSQL and gets the label pg; the others get unit.
function(stepwell_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/libs ${CMAKE_SOURCE_DIR}/services)
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_test(NAME ${name} COMMAND ${name})
  if(name MATCHES "_pgtest$")
    set_tests_properties(${name} PROPERTIES LABELS pg)
  else()
    set_tests_properties(${name} PROPERTIES LABELS unit)
  endif()
  set_property(TEST ${name} APPEND PROPERTY ENVIRONMENT "STEPWELL_SOURCE=${CMAKE_SOURCE_DIR}")
endfunction()

# stepwell_fuzzer(<name> SOURCES ... DEPS ...): a libFuzzer program, built only with STEPWELL_FUZZ (clang).
function(stepwell_fuzzer name)
  if(NOT STEPWELL_FUZZ)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/libs ${CMAKE_SOURCE_DIR}/services)
  target_compile_options(${name} PRIVATE -fsanitize=fuzzer)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  target_link_libraries(${name} PRIVATE ${ARG_DEPS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
endfunction()
