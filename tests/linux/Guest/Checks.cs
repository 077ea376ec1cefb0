using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Linux.Guest;

/// <summary>The checks, with the counts of those that pass and fail. Each check prints a line.</summary>
internal static class Checks
{
    public static int Passed { get; private set; }

    public static int Failed { get; private set; }

    public static void That(bool holds, string description)
    {
        _ = holds ? Passed++ : Failed++;
        Console.WriteLine($"{(holds ? "ok  " : "FAIL")} {description}");
    }

    public static void Equal<T>(T expected, T found, string description) =>
        That(EqualityComparer<T>.Default.Equals(expected, found), EqualityComparer<T>.Default.Equals(expected, found) ? description : $"{description}: expected {expected}, found {found}");

    public static void Throws<T>(Action action, Func<T, bool> fits, string description, [CallerArgumentExpression(nameof(action))] string code = "")
        where T : Exception
    {
        try
        {
            action();
            That(holds: false, $"{description}: {code} threw no exception");
        }
        catch (T exception)
        {
            That(fits(exception), $"{description}: {exception.Message}");
        }
    }

    public static void Refused(Errno error, Action action, string description) => Throws<SystemCallException>(action, exception => exception.Error == error, description);
}
