using System.Runtime.CompilerServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The delivery of messages, and the loss of messages to absent functions.</summary>
public sealed class FabricTests
{
    [Fact]
    public void Completions_carry_the_tag_of_their_request()
    {
        FabricFixture fixture = new(3);
        fixture.Memory.WriteUInt64(0x1000, 0x1122_3344_5566_7788);
        fixture.Port.Read(7, FabricFixture.Request(DmaAccess.Read), 8);
        fixture.Port.Atomic(8, FabricFixture.Request(DmaAccess.Atomic, 0x2000), AtomicOperation.FetchAdd, 8, 5, 0);
        fixture.Port.Read(9, FabricFixture.Request(DmaAccess.Read, 0x100_0000), 8);
        fixture.SendUp("translate", 10);
        fixture.Scheduler.Run();

        Assert.Equal(
            ["atomic 8 Success 0", "read 7 Success", "read 9 UnsupportedRequest", "translate 10 Success"], fixture.Endpoint.Arrived.Order());
        Assert.Equal(0x10_A000UL, fixture.Endpoint.LastTranslation.Address);
        Assert.Equal(5UL, fixture.Memory.ReadUInt64(0x2000));
    }

    [Fact]
    public void A_read_returns_the_memory_at_the_arrival_of_the_request()
    {
        FabricFixture fixture = new(0);
        fixture.Port.Read(7, FabricFixture.Request(DmaAccess.Read), 4);
        fixture.Memory.WriteUInt32(0x1000, 0x0403_0201);
        fixture.Scheduler.Run();

        Assert.Equal([1, 2, 3, 4], fixture.Endpoint.LastRead);
    }

    [Fact]
    public void A_write_copies_its_data()
    {
        FabricFixture fixture = new(0);
        byte[] data = [1, 2, 3, 4];
        fixture.Port.Write(FabricFixture.Request(DmaAccess.Write), data);
        data[0] = 9;
        fixture.Scheduler.Run();

        Assert.Equal(0x0403_0201u, fixture.Memory.ReadUInt32(0x1000));
    }

    [Fact]
    public void A_dropped_write_is_reported_to_observers_only()
    {
        FabricFixture fixture = new(0);
        MessageLog log = new();
        fixture.Fabric.Observe(log);
        fixture.Port.Write(FabricFixture.Request(DmaAccess.Write, 0x100_0000), [1]);
        fixture.Scheduler.Run();

        Assert.Equal(["sent 00:02.0 up write 0x1000000 +1 no PASID", "arriving 00:02.0 up write 0x1000000 +1 no PASID",
            "dropped 00:02.0 up write 0x1000000 +1 no PASID"], log.Lines);
        Assert.Empty(fixture.Endpoint.Arrived);
    }

    [Fact]
    public void A_message_does_not_change_while_its_receiver_sends_others()
    {
        FabricFixture fixture = new(0);
        MessageLog log = new();
        fixture.Fabric.Observe(log);
        fixture.Agent.OnWrite = () => fixture.SendDown("invalidate", 5);
        fixture.SendUp("write", 0x100);
        fixture.Scheduler.Run();

        Assert.Equal(["sent", "arriving", "sent", "dropped", "arriving"], log.Lines.Select(line => line.Split(' ')[0]));
        Assert.Equal([log.Lines[0]["sent ".Length..], log.Lines[2]["sent ".Length..]], [log.Lines[3]["dropped ".Length..], log.Lines[4]["arriving ".Length..]]);
    }

    [Fact]
    public void A_message_fits_into_a_cache_line() => Assert.InRange(Unsafe.SizeOf<FabricMessage>(), 1, 64);

    [Fact]
    public void A_page_request_has_a_group_index_of_9_bits() =>
        Assert.Equal(0x1A5, new PageRequestMessage(FabricFixture.Function, 0, 0xFA5, Read: true, Write: false, IsLast: true).GroupIndex);

    [Fact]
    public void Detach_loses_messages_to_the_function_and_delivers_those_from_it()
    {
        for (ulong seed = 0; seed < 30; seed++)
        {
            FabricFixture fixture = new(seed);
            MessageLog log = new();
            fixture.Fabric.Observe(log);
            fixture.SendUp("write", 1);
            fixture.SendUp("page", 2);
            fixture.SendUp("read", 3);
            fixture.SendDown("group", 4);
            fixture.Port.Detach();
            fixture.SendDown("invalidate", 5);
            fixture.SendUp("write", 6);
            fixture.Scheduler.Run();

            Assert.Equal(["page 2000", "read 3000", "write 1000"], fixture.Agent.Arrived.Order());
            Assert.Empty(fixture.Endpoint.Arrived);
            Assert.Equal(3, log.Lines.Count(line => line.StartsWith("lost", StringComparison.Ordinal)));
            Assert.Equal(uint.MaxValue, fixture.Port.Registers.Read32(0));
            Assert.False(fixture.Port.Portals[0].TryEnqueue(new byte[64], new Pasid(1)));
        }
    }

    [Fact]
    public void Messages_travel_only_between_a_function_and_its_unit()
    {
        FabricFixture fixture = new(0);
        UnitPort other = fixture.Fabric.AddUnit("dmar1");
        RecordingAgent otherAgent = new(fixture.Memory);
        other.Connect(otherAgent);
        RecordingEndpoint neighbour = new(FabricFixture.Function);
        EndpointPort port = other.Attach(neighbour);

        port.Write(FabricFixture.Request(DmaAccess.Write), [1]);
        other.Send(new InvalidateRequestMessage(FabricFixture.Function, 1, 0));
        fixture.Scheduler.Run();

        Assert.Equal(["write 1000"], otherAgent.Arrived);
        Assert.Equal(["invalidate 1"], neighbour.Arrived);
        Assert.Empty(fixture.Agent.Arrived);
        Assert.Empty(fixture.Endpoint.Arrived);
    }

    [Fact]
    public void A_requester_id_is_free_after_its_function_is_detached()
    {
        FabricFixture fixture = new(0);
        Assert.Throws<ArgumentException>(() => fixture.Unit.Attach(new RecordingEndpoint(FabricFixture.Function)));
        Assert.Throws<InvalidOperationException>(() => fixture.Unit.Connect(fixture.Agent));

        fixture.Port.Detach();
        Assert.True(fixture.Unit.Attach(new RecordingEndpoint(FabricFixture.Function)).IsAttached);
    }

    [Fact]
    public void An_interrupt_arrives_in_a_step_of_its_own_at_the_controller()
    {
        FabricFixture fixture = new(0);
        int handled = 0;
        using IInterruptVector vector = fixture.Interrupts.Allocate("v", () => handled++);
        fixture.Unit.Send(vector.Message);
        Assert.Equal(0, fixture.Interrupts.Delivered);

        fixture.Scheduler.Run();

        Assert.Equal(1, handled);
    }

    [Fact]
    public void An_enqueued_command_gets_PASID_and_privilege_of_its_sender()
    {
        FabricFixture fixture = new(0);
        byte[] command = new byte[64];
        Array.Fill(command, (byte)0xFF);

        Assert.True(fixture.Port.Portals[0].TryEnqueue(command, new Pasid(0x12345)));
        Assert.Equal([0x45, 0x23, 0xF1, 0x7F, 0xFF], fixture.Endpoint.LastCommand[..5]);
        Assert.True(fixture.Port.Portals[0].TryEnqueue(command, new Pasid(0x12345), privileged: true));
        Assert.Equal(0xFF, fixture.Endpoint.LastCommand[3]);

        fixture.Endpoint.AcceptsCommands = false;
        Assert.False(fixture.Port.Portals[0].TryEnqueue(command, new Pasid(1)));
        Assert.Throws<ArgumentException>(() => fixture.Port.Portals[0].TryEnqueue(new byte[63], new Pasid(1)));
    }

    [Fact]
    public void A_posted_command_arrives_unchanged()
    {
        FabricFixture fixture = new(0);
        byte[] command = [.. Enumerable.Range(0, 64).Select(number => (byte)number)];
        fixture.Port.Portals[0].Post(command);
        Assert.Empty(fixture.Endpoint.Arrived);
        fixture.Scheduler.Run();

        Assert.Equal(command, fixture.Endpoint.LastCommand);
    }

    [Fact]
    public void Seed_determines_the_messages()
    {
        Assert.Equal(TraceOf(11), TraceOf(11));
        Assert.NotEqual(TraceOf(11), TraceOf(12));

        static List<string> TraceOf(ulong seed)
        {
            FabricFixture fixture = new(seed);
            MessageLog log = new();
            fixture.Fabric.Observe(log);
            foreach (string kind in new[] { "write", "read", "page", "translate", "atomic", "completion" })
            {
                for (int number = 0; number < 5; number++)
                    fixture.SendUp(kind, number);
            }

            fixture.Scheduler.Run();
            return log.Lines;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    public void Messages_allocate_nothing_once_the_fabric_is_warm(ulong seed)
    {
        SeededScheduler scheduler = new(new SchedulerOptions { Seed = seed });
        Fabric fabric = new(scheduler, new InterruptController(scheduler));
        UnitPort unit = fabric.AddUnit("dmar0");
        unit.Connect(new SilentUnit());
        EndpointPort port = unit.Attach(new SilentEndpoint(FabricFixture.Function));
        byte[] data = new byte[256];
        Exchange(200);

        Assert.Equal(0, SteadyState.AllocatedBy(() => Exchange(100)));

        void Exchange(int times)
        {
            for (int number = 0; number < times; number++)
            {
                port.Write(FabricFixture.Request(DmaAccess.Write), data);
                port.Read(number, FabricFixture.Request(DmaAccess.Read), 512);
                port.Translate(number, new TranslationRequest(FabricFixture.Function, 0, 8, NoWrite: false));
                port.Send(new PageRequestMessage(FabricFixture.Function, 0, 1, Read: true, Write: true, IsLast: true));
                unit.Send(new InvalidateRequestMessage(FabricFixture.Function, 1, 0));
                if (number % 20 == 0)
                    scheduler.Run();
            }

            scheduler.Run();
        }
    }
}
