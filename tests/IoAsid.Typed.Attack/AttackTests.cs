using System.Diagnostics;
using System.Globalization;
using IoAsid.Typed.Attack.Harness;

namespace IoAsid.Typed.Attack;

/// <summary>
/// Attacks in safe code through public members only. In all of them, no data of another type or set is returned, no id of another set changes, and counts, quotas,
/// numbers and events are exact in the end. <c>IOASID_ATTACK_SECONDS</c> is the duration of each test.
/// </summary>
public sealed class AttackTests
{
    private const int MovesOfAPair = 40;

    private static readonly double Seconds =
        double.TryParse(Environment.GetEnvironmentVariable("IOASID_ATTACK_SECONDS"), CultureInfo.InvariantCulture, out double set) ? set : 0;

    public static TheoryData<string> Members => [.. Moves.All.Select(move => move.Member)];

    public static TheoryData<string> Settings => [.. Setting.All.Select(setting => setting.Name)];

    [Theory]
    [MemberData(nameof(Members))]
    public void A_member_races_with_every_member(string member)
    {
        Move first = Array.Find(Moves.All, move => move.Member == member)!;
        int index = Array.IndexOf(Moves.All, first);
        foreach ((int distance, Move second) in Moves.All[index..].Index())
        {
            foreach (Setting setting in SettingsOfAPair(index + distance))
                Attack(() => Harness.Attack.Run([first.Make, second.Make, PublishAll], seed: 1, For(MovesOfAPair, share: Moves.All.Length * Setting.Small.Length), setting), $"{second.Member}, {setting}");
        }
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Everything_races_with_everything(string name) =>
        Attack(() => Harness.Attack.Run([AnyMove, AnyMove, PublishAll, AnyMove], seed: 2, For(6_000), SettingOf(name)), "all members");

    [Theory]
    [MemberData(nameof(Settings))]
    public void A_hammer_tears_handles_on_purpose(string name)
    {
        int mixtures = 0;
        for (int round = 0; round < 20 && mixtures == 0; round++)
            Attack(() => mixtures = Harness.Attack.Run([Moves.Tear, Moves.UseTorn, Moves.UseTorn], seed: round, For(400), SettingOf(name)), "torn handles");

        Assert.SkipWhen(mixtures == 0, "The threads never ran at the same time, so no handle was torn.");
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Interrupted_threads_lose_nothing(string name) =>
        Attack(() => Harness.Attack.Run([AnyMove, AnyMove, AnyMove, AnyMove], seed: 3, For(6_000), SettingOf(name), interrupt: true), "all members, interrupted");

    /// <summary>Returns alternate halves of the settings, so that each member meets all of them. Returns all settings in a long attack.</summary>
    private static IEnumerable<Setting> SettingsOfAPair(int pair) => Setting.Small.Where((_, index) => Seconds > 0 || (index + pair) % 2 == 0);

    private static Setting SettingOf(string name) => Array.Find(Setting.All, setting => setting.Name == name)!;

    private static void PublishAll(Arena arena, Random random)
    {
        foreach (Move move in Moves.All.Where(move => move.Member.StartsWith("publish", StringComparison.Ordinal)))
            move.Make(arena, random);
    }

    private static void AnyMove(Arena arena, Random random) => Moves.All[random.Next(Moves.All.Length)].Make(arena, random);

    /// <summary>Returns the condition under which a thread continues: a number of moves, or in a long attack its share of the duration.</summary>
    private static Func<int, bool> For(int moves, int share = 1)
    {
        if (Seconds == 0)
            return count => count < moves;

        long started = Stopwatch.GetTimestamp();
        return _ => Stopwatch.GetElapsedTime(started).TotalSeconds < Seconds / share;
    }

    private static void Attack(Func<int> run, string against)
    {
        try
        {
            run();
        }
        catch (BrokenPromiseException broken)
        {
            Assert.Fail($"Against {against}: {broken.Message}");
        }
    }
}
