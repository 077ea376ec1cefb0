using Samples;

namespace PageRequestHandler;

public static class Program
{
    private const int Column = 60;
    private const int Width = 12;

    public static int Main(string[] args) =>
        SampleCommand.Run(args, "Shows an untyped and a typed handler of the same page requests.", seed => Play(Console.Out, seed));

    /// <summary>Sends the same requests of the same device to both handlers, and prints the results side by side.</summary>
    public static void Play(TextWriter output, ulong seed)
    {
        using DeviceRun untyped = new(seed, new UntypedPasids());
        using DeviceRun typed = new(seed, new TypedPasids());
        output.WriteLine($"Seed {seed}. The same device, on a machine for each handler.");
        output.WriteLine();
        output.WriteLine($"   {"",-Column}{"untyped",-Width}typed");

        Step($"A process: the editor, PASID {typed.EditorPasid}. The engine fills a page of the process that is not in memory yet.");
        var editor = Both(run => run.FillForEditor());
        Row("the response to the page request", editor, outcome => outcome.Response);
        Row("the engine's fill", editor, outcome => outcome.Status);

        Step($"An auxiliary domain: a queue of the engine, PASID {typed.DomainPasid}. By mistake it fills a page that the domain does not map.");
        var stray = Both(run => run.FillOutsideDomain());
        Row("the response to the page request", stray, outcome => outcome.Response);
        Row("the engine's fill", stray, outcome => outcome.Status);
        Row($"the domain maps 0x{DeviceRun.StrayPage:X}, which its owner never did", Both(run => run.DomainMapsStrayPage), isMapped => isMapped ? "yes" : "no");

        (T Untyped, T Typed) Both<T>(Func<DeviceRun, T> of) => (of(untyped), of(typed));

        void Step(string explanation)
        {
            output.WriteLine();
            output.WriteLine(explanation);
        }

        void Row<T>(string label, (T Untyped, T Typed) both, Func<T, object> show) =>
            output.WriteLine($"   {label,-Column}{show(both.Untyped),-Width}{show(both.Typed)}");
    }
}
