namespace Migration;

/// <summary>Prints the outcome of a request.</summary>
public static class Script
{
    public static void Report(TextWriter output, string request, Func<string> answer) => output.WriteLine($"   {request,-40} {Outcome(answer)}");

    private static string Outcome(Func<string> answer)
    {
        try
        {
            return answer();
        }
        catch (InvalidCastException)
        {
            return "InvalidCastException";
        }
    }
}
