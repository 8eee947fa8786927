# What opsh drafts for a folder, for the tests that build images of it.
add_executable(image-draft ${CMAKE_CURRENT_LIST_DIR}/draft.c)
target_include_directories(image-draft PRIVATE ${PROJECT_SOURCE_DIR}/include)
target_link_libraries(image-draft PRIVATE opsh_shell opsh_house)
