# SPDX-License-Identifier: GPL-3.0-or-later
# How every target of the project is compiled, and the functions that declare layers and tests.

include(CheckLinkerFlag)

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_AUTOMOC ON)
set(CMAKE_AUTORCC ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

if(NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(CCACHE ccache)
  if(CCACHE)
    # Paths relative to the source folder, so that every checkout shares one cache.
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
  endif()
endif()

add_library(platter_options INTERFACE)
target_compile_definitions(platter_options INTERFACE
  QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_FOREACH QT_NO_KEYWORDS
  QT_DISABLE_DEPRECATED_UP_TO=0x060800)
target_compile_options(platter_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align
  -fno-common -fvisibility=hidden -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
# gcc 14's -Wmaybe-uninitialized sees ghosts in variants of QString, optimized or instrumented.
target_compile_options(platter_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
# Less to read and to keep in memory at each start: no unused functions, and relocations that take bits.
target_compile_options(platter_options INTERFACE $<$<CONFIG:Release>:-ffunction-sections>)
target_link_options(platter_options INTERFACE -Wl,--as-needed $<$<CONFIG:Release>:-Wl,--gc-sections>)
check_linker_flag(CXX -Wl,-z,pack-relative-relocs PLATTER_PACKS_RELOCATIONS)
if(PLATTER_PACKS_RELOCATIONS)
  target_link_options(platter_options INTERFACE $<$<CONFIG:Release>:-Wl,-z,pack-relative-relocs>)
endif()
if(PLATTER_SANITIZE)
  target_compile_options(platter_options INTERFACE
    -fsanitize=${PLATTER_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(platter_options INTERFACE -fsanitize=${PLATTER_SANITIZE})
endif()
if(PLATTER_FUZZERS)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "The fuzzers need clang, whose libFuzzer they are made with: cmake --preset fuzz")
  endif()
  # For clang, unlike gcc, a signal called event() hides QObject::event().
  target_compile_options(platter_options INTERFACE -fsanitize=fuzzer-no-link -Wno-overloaded-virtual)
endif()

# A layer: a static library that may include the project's headers as "core/…", "ui/…". SMALL:
# compiled for size, for much of it is read and kept in memory at each start; what needs speed says so itself.
function(platter_layer name)
  cmake_parse_arguments(L "SMALL" "" "" ${ARGN})
  add_library(${name} STATIC)
  if(L_SMALL)
    target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-Os>)
  endif()
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE platter_options)
endfunction()

# Where the programs look for modules, relative to their own folder: in the build tree as after an installation.
file(RELATIVE_PATH PLATTER_MODULE_FOLDER ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR}/platter)

# platter_module(platter-vnc LOADED_BY platter_ui SOURCES … LIBRARIES …)
# A part that is loaded at its first use (core/module.h). Of the layers it uses what needs no
# linking, and a copy of its own of the SOURCES that both need.
function(platter_module name)
  cmake_parse_arguments(M "" "LOADED_BY" "SOURCES;LIBRARIES" ${ARGN})
  add_library(${name} MODULE ${M_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE platter_options ${M_LIBRARIES})
  set_target_properties(${name} PROPERTIES PREFIX ""
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/${PLATTER_MODULE_FOLDER})
  add_dependencies(${M_LOADED_BY} ${name})
  install(TARGETS ${name} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/platter)
endfunction()

# platter_test(NAME definition_test LABEL unit LIBRARIES platter_core [SOURCES …] [TIMEOUT seconds] [LOCK name]
#              [ENVIRONMENT VAR=value…])
# One Qt Test executable from NAME.cpp. Tests with a display run on the offscreen platform unless they start their own.
function(platter_test)
  cmake_parse_arguments(T "" "NAME;LABEL;TIMEOUT;LOCK" "SOURCES;LIBRARIES;ENVIRONMENT" ${ARGN})
  add_executable(${T_NAME} ${T_NAME}.cpp ${T_SOURCES})
  target_link_libraries(${T_NAME} PRIVATE platter_options Qt6::Test Qt6::Network ${T_LIBRARIES})
  target_compile_definitions(${T_NAME} PRIVATE
    PLATTER_SOURCE_DIR="${CMAKE_SOURCE_DIR}" PLATTER_BINARY_DIR="${CMAKE_BINARY_DIR}")
  set_target_properties(${T_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_test(NAME ${T_LABEL}/${T_NAME} COMMAND ${T_NAME})
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 60)
  endif()
  set_tests_properties(${T_LABEL}/${T_NAME} PROPERTIES LABELS ${T_LABEL} TIMEOUT ${T_TIMEOUT}
    ENVIRONMENT "QT_QPA_PLATFORM=offscreen;LC_ALL=C.UTF-8;LSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/leaks.supp:print_suppressions=0;${T_ENVIRONMENT}")
  if(T_LOCK)
    set_tests_properties(${T_LABEL}/${T_NAME} PROPERTIES RESOURCE_LOCK ${T_LOCK})
  endif()
endfunction()
