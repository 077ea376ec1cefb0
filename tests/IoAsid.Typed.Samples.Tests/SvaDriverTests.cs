namespace IoAsid.Typed.Samples.Tests;

public sealed class SvaDriverTests
{
    [Fact]
    public void Its_trace_is_marked_with_its_steps_and_joins_requests_with_answers()
    {
        using StringWriter output = new();
        TraceFile trace = TraceFile.Of(stream => SvaDriver.Program.Play(output, seed: 1, stream));

        trace.AssertFlows();
        Assert.All(trace.Names("i").Where(name => name.EndsWith('.')), step => Assert.Contains(step, output.ToString(), StringComparison.Ordinal));
        Assert.Contains(trace.Names("i"), name => name.StartsWith("The process exits", StringComparison.Ordinal));
    }

    [Fact]
    public void Its_trace_has_the_operations_of_the_driver() => Assert.Superset(
        new HashSet<string> { "bind", "unmap", "unbind", "drain" },
        TraceFile.Of(stream => SvaDriver.Program.Play(TextWriter.Null, seed: 1, stream)).Names("B").ToHashSet());

    [Fact]
    public void A_trace_does_not_change_the_run()
    {
        using StringWriter traced = new();
        using StringWriter alone = new();

        SvaDriver.Program.Play(traced, seed: 7, Stream.Null);
        SvaDriver.Program.Play(alone, seed: 7, trace: null);

        Assert.Equal(alone.ToString(), traced.ToString());
    }
}
