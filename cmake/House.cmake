# Compiler settings of the house: warnings are errors, unsafe calls are poisoned, release
# builds are hardened. One interface target that every room links.
add_library(opsh_house INTERFACE)
target_compile_features(opsh_house INTERFACE c_std_17)
target_compile_definitions(opsh_house INTERFACE _GNU_SOURCE)
target_compile_options(opsh_house INTERFACE
  -include ${PROJECT_SOURCE_DIR}/include/opsh/base/poison.h
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes
  -Wvla -Wcast-qual -Wwrite-strings -Wswitch-enum)
if(CMAKE_C_COMPILER_ID MATCHES "Clang")
  target_compile_options(opsh_house INTERFACE -Wno-gnu-statement-expression)
endif()
if(OPSH_WERROR)
  target_compile_options(opsh_house INTERFACE -Werror)
endif()
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  target_compile_options(opsh_house INTERFACE -Wno-pedantic -fstack-protector-strong)
endif()
target_compile_options(opsh_house INTERFACE $<$<CONFIG:Release>:-D_FORTIFY_SOURCE=2>)
target_link_options(opsh_house INTERFACE $<$<CONFIG:Release>:-Wl,-z,relro,-z,now>)
if(OPSH_SANITIZE)
  target_compile_options(opsh_house INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(opsh_house INTERFACE -fsanitize=address,undefined)
endif()
if(OPSH_FUZZ) # coverage of every room, or libFuzzer gropes in the dark
  target_compile_options(opsh_house INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(opsh_house INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(OPSH_PORTABLE)
  target_compile_definitions(opsh_house INTERFACE OPSH_PORTABLE=1)
endif()
