using CsCheck;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The ordering rules of PCIe (2.4.1). Each order that they allow occurs for some seed.</summary>
public sealed class OrderingTests
{
    private const int Seeds = 300;

    private static readonly string[] Posted = ["write", "page", "completion"];
    private static readonly string[] NonPosted = ["read", "atomic", "translate"];

    private static readonly Gen<(ulong, string[])> SeedsAndKinds = Gen.Select(
        Gen.ULong[1, ulong.MaxValue], Gen.Int[0, 5].Select(kind => kind < 3 ? Posted[kind] : NonPosted[kind - 3]).Array[1, 40]);

    public static TheoryData<string, string, bool> Pairs()
    {
        TheoryData<string, string, bool> pairs = [];
        foreach (string first in Posted.Concat(NonPosted))
        {
            foreach (string second in Posted.Concat(NonPosted))
                pairs.Add(first, second, !Posted.Contains(first));
        }

        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    [Specification("7.7/2", "7.8/2")]
    public void Second_message_passes_the_first_only_where_PCIe_allows_it(string first, string second, bool mayPass)
    {
        bool passed = Enumerable.Range(1, Seeds).Any(seed =>
        {
            FabricFixture fixture = new((ulong)seed);
            fixture.SendUp(first, 1);
            fixture.SendUp(second, 2);
            fixture.Scheduler.Run();
            return fixture.Agent.Arrived.FindIndex(arrived => arrived.EndsWith("2000", StringComparison.Ordinal)) == 0;
        });

        Assert.Equal(mayPass, passed);
    }

    [Fact]
    [Specification("6.5.4/3")]
    public void Posted_messages_arrive_in_the_order_of_their_sending()
    {
        SeedsAndKinds.Sample((seed, kinds) =>
        {
            FabricFixture fixture = new(seed);
            for (int number = 1; number <= kinds.Length; number++)
                fixture.SendUp(kinds[number - 1], number);
            fixture.Scheduler.Run();

            List<ulong> posted = [.. fixture.Agent.Arrived.Where(IsPosted).Select(NumberOf)];
            return fixture.Agent.Arrived.Count == kinds.Length && posted.SequenceEqual(posted.Order());
        });
    }

    [Fact]
    public void Non_posted_requests_arrive_after_earlier_posted_messages()
    {
        SeedsAndKinds.Sample((seed, kinds) =>
        {
            FabricFixture fixture = new(seed);
            for (int number = 1; number <= kinds.Length; number++)
                fixture.SendUp(kinds[number - 1], number);
            fixture.Scheduler.Run();

            ulong lastPosted = 0;
            foreach (string arrived in fixture.Agent.Arrived)
            {
                if (IsPosted(arrived))
                    lastPosted = NumberOf(arrived);
                else if (Enumerable.Range(1, (int)NumberOf(arrived)).Any(number => Posted.Contains(kinds[number - 1]) && (ulong)number > lastPosted))
                    return false;
            }

            return true;
        });
    }

    [Fact]
    public void Invalidation_may_pass_a_translation_completion_but_not_vice_versa()
    {
        bool overtaken = false;
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            FabricFixture fixture = new(seed);
            fixture.SendUp("translate", 1);
            fixture.Scheduler.Run(async () => await fixture.Scheduler.WaitUntil(() => fixture.Agent.Arrived.Count == 1, TimeSpan.FromSeconds(1)));
            bool isInFlight = fixture.Endpoint.Arrived.Count == 0;
            fixture.SendDown("invalidate", 3);
            fixture.Scheduler.Run();
            overtaken |= isInFlight && fixture.Endpoint.Arrived[0] == "invalidate 3";

            fixture.Endpoint.Arrived.Clear();
            fixture.SendDown("invalidate", 4);
            fixture.SendUp("translate", 2);
            fixture.Scheduler.Run();
            Assert.Equal("invalidate 4", fixture.Endpoint.Arrived[0]);
        }

        Assert.True(overtaken);
    }

    [Fact]
    public void Register_read_pushes_posted_messages_of_both_directions()
    {
        for (ulong seed = 1; seed <= 50; seed++)
        {
            FabricFixture fixture = new(seed);
            fixture.Port.Registers.Write32(8, 5);
            fixture.Port.Registers.Write32(8, 6);
            fixture.SendUp("write", 1);
            fixture.SendUp("read", 2);

            Assert.Equal(6u, fixture.Port.Registers.Read32(8));
            Assert.Equal(["write 1000"], fixture.Agent.Arrived);
        }
    }

    [Fact]
    public void Register_write_is_posted_until_a_step_delivers_it()
    {
        FabricFixture fixture = new(0);
        fixture.Port.Registers.Write64(16, 7);
        Assert.Equal(0UL, fixture.Endpoint.Read64(16));

        fixture.Scheduler.Run();

        Assert.Equal(7UL, fixture.Endpoint.Read64(16));
    }

    private static bool IsPosted(string arrived) => Posted.Contains(arrived.Split(' ')[0]);

    private static ulong NumberOf(string arrived) => Convert.ToUInt64(arrived.Split(' ')[1], 16) >> 12;
}
