# tools/**/*.yaml, prompts/*.md and templates/*/*.tmpl become one C file of constant data. The generator is built
# from the same YAML reader that opsh uses, so a bad catalogue file fails the build with its
# file:line:column.
add_executable(opsh-embed ${PROJECT_SOURCE_DIR}/cmake/embed/embed.c)
target_include_directories(opsh-embed PRIVATE ${PROJECT_SOURCE_DIR}/include)
target_link_libraries(opsh-embed PRIVATE opsh_data opsh_house)

file(GLOB_RECURSE OPSH_EMBEDDED CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}
  ${PROJECT_SOURCE_DIR}/tools/*.yaml ${PROJECT_SOURCE_DIR}/prompts/*.md
  ${PROJECT_SOURCE_DIR}/templates/*.tmpl)
list(SORT OPSH_EMBEDDED)
list(TRANSFORM OPSH_EMBEDDED PREPEND ${PROJECT_SOURCE_DIR}/ OUTPUT_VARIABLE embedded_paths)
set(embedded_c ${PROJECT_BINARY_DIR}/embedded.c)
add_custom_command(OUTPUT ${embedded_c}
  COMMAND opsh-embed ${embedded_c} ${OPSH_EMBEDDED}
  DEPENDS opsh-embed ${embedded_paths}
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
  COMMENT "Embedding the catalogue, the prompts and the templates")
target_sources(opsh_catalog PRIVATE ${embedded_c})
