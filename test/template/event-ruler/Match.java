import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import software.amazon.event.ruler.Ruler;

/** Reads lines {"event": …, "pattern": …} and prints for each whether EventBridge's own matcher says it matches. */
public final class Match {
  public static void main(String[] args) throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      JsonNode question = mapper.readTree(line);
      String event = mapper.writeValueAsString(question.get("event"));
      String pattern = mapper.writeValueAsString(question.get("pattern"));
      System.out.println(Ruler.matchesRule(event, pattern));
    }
  }
}
