using System.Globalization;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace IoAsid.Typed.Benchmarks.Growth;

/// <summary>A chart of costs by size. Both axes are logarithmic.</summary>
/// <param name="Name">The name of the file, without extension.</param>
/// <param name="Title">The name of the measured operation.</param>
/// <param name="Sizes">The unit of the sizes.</param>
/// <param name="Costs">The unit of the costs.</param>
/// <param name="SizeBase">The number whose powers label the axis of sizes.</param>
/// <param name="Curves">The curves of the contenders. This library is first.</param>
internal sealed record Chart(string Name, string Title, string Sizes, string Costs, double SizeBase, IReadOnlyList<Curve> Curves)
{
    private const double Width = 720;
    private const double Height = 420;

    // The part of the width, beside that of the curves, in which their names stand.
    private const double Names = 0.35;

    // What is left free below and above the curves, as a factor.
    private const double Room = 1.25;

    // The curves differ in colour, in brightness for a print without colours, and in their markers.
    private static readonly (OxyColor Colour, MarkerType Mark)[] Styles =
    [
        (OxyColor.FromRgb(0x0B, 0x5F, 0xA5), MarkerType.Circle),
        (OxyColor.FromRgb(0xC2, 0x57, 0x0C), MarkerType.Square),
        (OxyColor.FromRgb(0x5B, 0x8C, 0x2A), MarkerType.Triangle),
        (OxyColor.FromRgb(0x7A, 0x3E, 0x9D), MarkerType.Diamond),
    ];

    /// <summary>Writes a table: a line for each size, a column for each contender.</summary>
    public void Print(TextWriter output)
    {
        output.WriteLine($"{Title} ({Costs})");
        output.WriteLine($"{Sizes,10} {string.Join(' ', Curves.Select(curve => $"{curve.Name,36}"))}");
        foreach (double size in Curves.SelectMany(curve => curve.Points).Select(point => point.Size).Distinct().Order())
            output.WriteLine($"{Label(size),10} {string.Join(' ', Curves.Select(curve => $"{CostAt(curve, size),36}"))}");
        output.WriteLine();
    }

    public string ToSvg() => new SvgExporter { Width = Width, Height = Height, UseVerticalTextAlignmentWorkaround = true }.ExportToString(Model());

    private static string CostAt(Curve curve, double size) =>
        string.Join("", curve.Points.Where(point => point.Size == size).Select(point => point.Cost.ToString("0.##", CultureInfo.InvariantCulture)));

    private string Label(double size) => (SizeBase, size) switch
    {
        (2, >= 1 << 20) => $"{size / (1 << 20):0}M",
        (2, >= 1 << 10) => $"{size / (1 << 10):0}K",
        _ => size.ToString("#,0", CultureInfo.InvariantCulture),
    };

    private PlotModel Model()
    {
        PlotModel model = new() { Title = Title, TitleFontSize = 14, DefaultFont = "Arial", Background = OxyColors.White };
        double first = Curves.Min(curve => curve.Points[0].Size);
        double last = Curves.Max(curve => curve.Points[^1].Size);
        LogarithmicAxis sizes = Axis(AxisPosition.Bottom, Sizes, SizeBase, size => size > last ? "" : Label(size));
        sizes.Maximum = last * Math.Pow(last / first, Names);
        model.Axes.Add(sizes);
        LogarithmicAxis costs = Axis(AxisPosition.Left, Costs, 10, static cost => cost.ToString("#,0.##", CultureInfo.InvariantCulture));
        costs.Minimum = Curves.SelectMany(curve => curve.Points).Min(point => point.Cost) / Room;
        costs.Maximum = Curves.SelectMany(curve => curve.Points).Max(point => point.Cost) * Room;
        model.Axes.Add(costs);
        foreach ((Curve curve, (OxyColor colour, MarkerType mark)) in Curves.Zip(Styles))
        {
            LineSeries line = new() { Color = colour, MarkerType = mark, MarkerFill = colour, MarkerSize = 3.5, StrokeThickness = 2 };
            line.Points.AddRange(curve.Points.Select(point => new DataPoint(point.Size, point.Cost)));
            model.Series.Add(line);
            model.Annotations.Add(NameOf(curve, line.Points[^1], colour));
        }

        return model;
    }

    private static TextAnnotation NameOf(Curve curve, DataPoint end, OxyColor colour) => new()
    {
        Text = curve.Name,
        TextColor = colour,
        TextPosition = end,
        Offset = new ScreenVector(10, 0),
        TextHorizontalAlignment = HorizontalAlignment.Left,
        TextVerticalAlignment = VerticalAlignment.Middle,
        StrokeThickness = 0,
    };

    private static LogarithmicAxis Axis(AxisPosition position, string title, double powersOf, Func<double, string> label) => new()
    {
        Position = position,
        Title = title,
        Base = powersOf,
        LabelFormatter = label,
        MajorGridlineStyle = LineStyle.Solid,
        MajorGridlineColor = OxyColor.FromRgb(0xDD, 0xDD, 0xDD),
        MinorTickSize = 0,
        AxisTitleDistance = 12,
    };
}
