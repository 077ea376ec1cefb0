using System.Xml.Linq;
using IoAsid.Typed.Benchmarks.Growth;

namespace IoAsid.Typed.Benchmarks.Tests;

public sealed class ChartTests
{
    private static readonly Chart s_chart = new(
        "growth-test",
        "Cost of a step",
        "ids",
        "nanoseconds",
        2,
        [new("ours", [(256, 1.5), (1 << 20, 3)]), new("theirs", [(256, 2), (1 << 20, 64)])]);

    [Fact]
    public void A_chart_names_its_axes_and_contenders()
    {
        XElement svg = XElement.Parse(s_chart.ToSvg());

        Assert.Equal("svg", svg.Name.LocalName);
        string[] texts = [.. svg.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value)];
        Assert.All(["Cost of a step", "ids", "nanoseconds", "ours", "theirs", "1M"], text => Assert.Contains(text, texts));
    }

    [Fact]
    public void A_chart_is_the_same_each_time() => Assert.Equal(s_chart.ToSvg(), s_chart.ToSvg());

    [Fact]
    public void A_table_has_a_line_for_each_size()
    {
        StringWriter output = new();

        s_chart.Print(output);

        string[] lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["256", "1.5", "2"], lines[2].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(["1M", "3", "64"], lines[3].Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }
}
