# `sam build` calls one target per function and layer of template.yaml (BuildMethod: makefile) with the folder to
# fill in ARTIFACTS_DIR. The project's own Node runs the build, whatever the shell's PATH says.
build-%:
	node_modules/.bin/node build/index.ts $* "$(ARTIFACTS_DIR)"
