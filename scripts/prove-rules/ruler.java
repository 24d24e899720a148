import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import software.amazon.event.ruler.Machine;
import software.amazon.event.ruler.MachineComplexityEvaluator;

/**
 * Asks event-ruler. Each line of standard input is a question, {"pattern": {…}, "events": [{…}], "most": 100}, and gets a line
 * of answer, {"matches": [true], "complexity": 3}, or {"refused": "why"} where the pattern is none. The complexity is counted
 * up to `most`, and not without it.
 */
class Ruler {
    private static final ObjectMapper JSON = new ObjectMapper();

    public static void main(String[] arguments) throws Exception {
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            System.out.println(JSON.writeValueAsString(answer(JSON.readTree(line))));
        }
    }

    private static ObjectNode answer(JsonNode question) {
        var answer = JSON.createObjectNode();
        var machine = Machine.builder().build();
        try {
            machine.addRule("rule", question.get("pattern").toString());
        } catch (Exception refused) {
            return answer.put("refused", refused.getMessage());
        }
        // It takes long for wildcards that nobody would write: only up to the number that is of interest.
        var most = question.get("most");
        if (most != null) {
            answer.put("complexity", machine.evaluateComplexity(new MachineComplexityEvaluator(most.asInt())));
        }
        ArrayNode matches = answer.putArray("matches");
        for (var event : question.get("events")) matches.add(!machine.rulesForJSONEvent(event).isEmpty());
        return answer;
    }
}
