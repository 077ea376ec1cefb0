using System.Diagnostics;
using System.Text.Json;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The slices of operations in a trace. An operation is an activity of any source that starts in a step of the machine.</summary>
public sealed class OperationSliceTests
{
    private static readonly ActivitySource Source = new("a driver");

    [Fact]
    public void Operation_inside_another_is_on_its_line() => AssertSlices(
        async scheduler =>
        {
            using Activity? outer = Source.StartActivity("outer");
            await scheduler.Delay(TimeSpan.FromMicroseconds(1));
            using (Source.StartActivity("inner"))
                await scheduler.Delay(TimeSpan.FromMicroseconds(1));
            using (Source.StartActivity("next"))
                await scheduler.Delay(TimeSpan.FromMicroseconds(1));
        },
        "1 B outer",
        "1 B inner",
        "1 E inner",
        "1 B next",
        "1 E next",
        "1 E outer");

    [Fact]
    public void Operations_that_overlap_are_on_different_lines() => AssertSlices(
        async scheduler =>
        {
            using Activity? outer = Source.StartActivity("outer");
            await Task.WhenAll(RunAsync(scheduler, "first", 2), RunAsync(scheduler, "second", 1));
        },
        "1 B outer",
        "1 B first",
        "2 B second",
        "2 E second",
        "1 E first",
        "1 E outer");

    [Fact]
    public void Operation_that_outlives_its_parent_continues_on_another_line() => AssertSlices(
        async scheduler =>
        {
            Task inner;
            using (Source.StartActivity("above"))
            {
                using (Source.StartActivity("outer"))
                    inner = RunAsync(scheduler, "inner", 2);
                await scheduler.Delay(TimeSpan.FromMicroseconds(1));
            }

            await inner;
        },
        "1 B above",
        "1 B outer",
        "1 B inner",
        "1 E inner",
        "1 E outer",
        "2 B inner",
        "1 E above",
        "2 E inner");

    [Fact]
    public void Operation_under_way_at_the_end_of_the_trace_has_no_end() => AssertSlices(
        scheduler =>
        {
            _ = RunAsync(scheduler, "endless", 1);
            return Task.CompletedTask;
        },
        "1 B endless");

    [Fact]
    public void Slices_carry_the_tags_and_the_failure() => AssertSlices(
        _ =>
        {
            using Activity? operation = Source.CreateActivity("tagged", ActivityKind.Internal)?.SetTag("number", 5).SetTag("text", "a").Start();
            operation?.SetTag("late", 1.5).SetStatus(ActivityStatusCode.Error, "refused");
            return Task.CompletedTask;
        },
        """1 B tagged "number":5 "text":"a" """.TrimEnd(),
        """1 E tagged "late":"1.5" "failed":"refused" """.TrimEnd());

    [Fact]
    public void Operations_outside_of_the_machine_are_not_in_its_trace()
    {
        SeededScheduler other = new();
        AssertSlices(
            _ =>
            {
                other.Run(() => RunAsync(other, "of another machine", 1));
                return Task.CompletedTask;
            });
        Assert.Null(Source.StartActivity("outside"));
    }

    [Fact]
    public void Times_are_virtual()
    {
        JsonElement[] slices = [.. Slices(scheduler => RunAsync(scheduler, "one second", 1_000_000))];
        Assert.InRange(slices[1].GetProperty("ts").GetDecimal() - slices[0].GetProperty("ts").GetDecimal(), 1_000_000m, 1_000_001m);
    }

    private static async Task RunAsync(SeededScheduler scheduler, string name, int microseconds)
    {
        using Activity? operation = Source.StartActivity(name);
        await scheduler.Delay(TimeSpan.FromMicroseconds(microseconds));
    }

    private static void AssertSlices(Func<SeededScheduler, Task> run, params string[] expected) => Assert.Equal(expected, Slices(run).Select(Line));

    private static List<JsonElement> Slices(Func<SeededScheduler, Task> run)
    {
        SeededScheduler scheduler = new();
        using MemoryStream stream = new();
        using (new ChromeTrace(stream, scheduler))
            scheduler.Run(() => run(scheduler));
        return [.. JsonDocument.Parse(stream.ToArray()).RootElement.EnumerateArray().Where(item => item.GetProperty("ph").GetString() is "B" or "E")];
    }

    private static string Line(JsonElement item) => string.Join(
        ' ',
        [$"{item.GetProperty("tid")} {item.GetProperty("ph")} {item.GetProperty("name")}", .. item.GetProperty("args").EnumerateObject().Select(tag => $"\"{tag.Name}\":{tag.Value.GetRawText()}")]);
}
