# The shapes that every part of the house has: a library, a program, a test, a benchmark, a fuzzer.
#
# `ninja` builds libraries and programs. Tests, benchmarks and fuzzers are built by name or by the targets below:
add_custom_target(unit_tests)       # label unit
add_custom_target(pg_tests)         # label pg
add_custom_target(sanitized_tests)  # label sanitized: the libraries' unit tests, which ./dev test runs under sanitizers too
add_custom_target(benches)
add_custom_target(fuzzers)

# An executable that `ninja` alone does not build: build/<folder>/<name>, part of <target>.
function(stepwell_extra_executable name folder target)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} EXCLUDE_FROM_ALL ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/libs ${CMAKE_SOURCE_DIR}/services)
  target_link_libraries(${name} PRIVATE ${ARG_DEPS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/${folder})
  add_dependencies(${target} ${name})
endfunction()

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
  target_include_directories(stepwell_${name} ${scope}
    $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/libs> $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/services>)
  target_link_libraries(stepwell_${name} ${scope} ${ARG_DEPS})
endfunction()

# stepwell_client_part(<name>): the library is installed as stepwell::<name>, with the component `client`.
function(stepwell_client_part name)
  set_target_properties(stepwell_${name} PROPERTIES EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON)
  install(TARGETS stepwell_${name} EXPORT stepwell-client ARCHIVE DESTINATION lib COMPONENT client)
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
  if(name MATCHES "_pgtest$")
    set(labels pg)
    stepwell_extra_executable(${name} tests pg_tests ${ARGN})
  else()
    set(labels unit)
    stepwell_extra_executable(${name} tests unit_tests ${ARGN})
    if(CMAKE_CURRENT_SOURCE_DIR MATCHES "/libs/")
      list(APPEND labels sanitized)
      add_dependencies(sanitized_tests ${name})
    endif()
  endif()
  target_link_libraries(${name} PRIVATE GTest::gmock GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${labels}" ENVIRONMENT "STEPWELL_SOURCE=${CMAKE_SOURCE_DIR}")
endfunction()

# stepwell_bench(<name> SOURCES ... DEPS ...): prints one JSON line {"name", "value", "unit"} for each figure.
function(stepwell_bench name)
  stepwell_extra_executable(${name} bench benches ${ARGN})
endfunction()

# stepwell_fuzzer(<name> SOURCES ... DEPS ...): a libFuzzer program, built only with STEPWELL_FUZZ (clang).
function(stepwell_fuzzer name)
  if(NOT STEPWELL_FUZZ)
    return()
  endif()
  stepwell_extra_executable(${name} fuzz fuzzers ${ARGN})
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
endfunction()
