using System.Globalization;

namespace IoAsid.Typed.Concurrency.Tests;

/// <summary>How long or how often a test tries, from an environment variable: short in the ordinary run, as long as wanted otherwise.</summary>
internal static class Setting
{
    public static double Of(string variable, double otherwise) =>
        double.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out double set) ? set : otherwise;
}
