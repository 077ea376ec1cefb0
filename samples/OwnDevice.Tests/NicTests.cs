using IoAsid.Typed.Emulation;
using IoAsid.Typed.Iommu;
using IoAsid.Typed.Testing;
using Xunit;

namespace OwnDevice.Tests;

/// <summary>The network card and its driver, over many interleavings.</summary>
public sealed class NicTests
{
    private const int Seeds = 20;

    [Fact]
    public void Frames_arrive_in_order_and_nothing_is_harmed() => SeededTest.Run(Seeds, seed =>
    {
        using NicMachine machine = new(seed, new NicOptions { RingEntries = 2 });
        List<string> received = [];

        machine.Run(async () =>
        {
            await using Conversation conversation = await Conversation.StartAsync(machine);
            for (int frame = 0; frame < 5; frame++)
            {
                AddressRange buffer = Conversation.Allocate(conversation.Server);
                Assert.Equal(NicStatus.Done, await conversation.SendAsync($"frame {frame}", buffer));
                received.Add(await conversation.ReadAsync(buffer));
            }
        });

        Assert.Equal(["frame 0", "frame 1", "frame 2", "frame 3", "frame 4"], received);
        Assert.Equal(5, machine.Nic.Delivered);
        machine.Checker.AssertNoHarm();
    });

    [Fact]
    public void Frame_to_unmapped_memory_is_a_fault() => SeededTest.Run(Seeds, seed =>
    {
        using NicMachine machine = new(seed);
        NicStatus result = NicStatus.None;

        machine.Run(async () => result = await SendAfterUnmapAsync(machine));

        Assert.Equal(NicStatus.Fault, result);
        machine.Checker.AssertNoHarm();
    });

    [Fact]
    public void Translation_that_the_card_keeps_is_found() => SeededTest.Run(Seeds, seed =>
    {
        using NicMachine machine = new(seed);
        machine.Nic.Misbehaviour = DeviceMisbehaviour.KeepsInvalidatedTranslations;

        machine.Run(async () => await SendAfterUnmapAsync(machine));

        Assert.Equal(machine.Nic.RequesterId, machine.Checker.AssertFound(FindingKind.UsedAfterInvalidation).Requester);
        Assert.Throws<MachineCheckException>(machine.Checker.AssertNoHarm);
    });

    [Fact]
    public void Card_that_is_unplugged_ends_the_waits() => SeededTest.Run(Seeds, seed =>
    {
        using NicMachine machine = new(seed);

        machine.Run(async () =>
        {
            await using Conversation conversation = await Conversation.StartAsync(machine);
            Assert.Contains(await SendAndUnplugAsync(machine, conversation), new[] { NicStatus.None, NicStatus.Stopped, NicStatus.Done });
        });

        machine.Checker.AssertNoHarm();
    });

    [Fact]
    public void Rings_that_are_no_power_of_two_are_refused() =>
        Assert.Contains("RingEntries is 3", Assert.Throws<ArgumentException>(() => new NicMachine(seed: 1, new NicOptions { RingEntries = 3 })).Message, StringComparison.Ordinal);

    private static async Task<NicStatus> SendAndUnplugAsync(NicMachine machine, Conversation conversation)
    {
        Task<NicStatus> sending = conversation.SendAsync("late", Conversation.Allocate(conversation.Server));
        machine.Machine.RemoveFunction(machine.Nic);
        return await sending;
    }

    private static async Task<NicStatus> SendAfterUnmapAsync(NicMachine machine)
    {
        await using Conversation conversation = await Conversation.StartAsync(machine);
        AddressRange buffer = Conversation.Allocate(conversation.Server);
        AddressRange next = Conversation.Allocate(conversation.Server);
        await conversation.SendAsync("hello", buffer);
        await conversation.Server.UnmapAsync(buffer);
        // The page of the buffer is free, so the next page of the server gets it.
        await conversation.Server.WriteAsync(next.Start, "private"u8.ToArray());
        return await conversation.SendAsync("again", buffer);
    }
}
