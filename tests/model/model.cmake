# The model planner against endpoints: our own hostile one, and real servers where they can be installed.
add_executable(model-drive ${CMAKE_CURRENT_LIST_DIR}/drive.c)
target_include_directories(model-drive PRIVATE ${PROJECT_SOURCE_DIR}/include)
target_link_libraries(model-drive PRIVATE opsh_shell opsh_house)
set(OPSH_PYTHON /usr/bin/python3 CACHE FILEPATH "A Python with pytest and pexpect (Debian's packages)")
add_test(NAME model COMMAND ${OPSH_PYTHON} -m pytest -q -p no:cacheprovider ${CMAKE_CURRENT_LIST_DIR})
set_tests_properties(model PROPERTIES TIMEOUT 600
  ENVIRONMENT "MODEL_DRIVE=$<TARGET_FILE:model-drive>;OPSH=$<TARGET_FILE:opsh>;PYTHONDONTWRITEBYTECODE=1")
