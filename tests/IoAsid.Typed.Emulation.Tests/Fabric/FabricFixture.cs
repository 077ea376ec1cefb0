using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>A fabric with one unit and one function. Both only record the messages that arrive.</summary>
internal sealed class FabricFixture
{
    public static readonly RequesterId Function = new(0, 2, 0);

    public FabricFixture(ulong seed)
    {
        Scheduler = new SeededScheduler(new SchedulerOptions { Seed = seed });
        Interrupts = new InterruptController(Scheduler);
        Fabric = new Fabric(Scheduler, Interrupts);
        Unit = Fabric.AddUnit("dmar0");
        Agent = new RecordingAgent(Memory);
        Unit.Connect(Agent);
        Endpoint = new RecordingEndpoint(Function);
        Port = Unit.Attach(Endpoint);
    }

    public SeededScheduler Scheduler { get; }

    public InterruptController Interrupts { get; }

    public Fabric Fabric { get; }

    public SparseMemory Memory { get; } = new(new MemoryRange(0, 0x10_0000));

    public UnitPort Unit { get; }

    public RecordingAgent Agent { get; }

    public RecordingEndpoint Endpoint { get; }

    public EndpointPort Port { get; }

    public static DmaRequest Request(DmaAccess access, ulong address = 0x1000) => new(Function, address, access);

    public void SendUp(string kind, int number)
    {
        ulong address = (ulong)number << 12;
        switch (kind)
        {
            case "write":
                Port.Write(Request(DmaAccess.Write, address), [1, 2, 3, 4]);
                break;
            case "read":
                Port.Read(number, Request(DmaAccess.Read, address), 4);
                break;
            case "atomic":
                Port.Atomic(number, Request(DmaAccess.Atomic, address), AtomicOperation.FetchAdd, 8, 1, 0);
                break;
            case "translate":
                Port.Translate(number, new TranslationRequest(Function, address, 1, NoWrite: false));
                break;
            case "page":
                Port.Send(new PageRequestMessage(Function, address, number, Read: true, Write: false, IsLast: true));
                break;
            default:
                Port.Send(new InvalidateCompletionMessage(Function, (uint)address));
                break;
        }
    }

    public void SendDown(string kind, int number)
    {
        switch (kind)
        {
            case "invalidate":
                Unit.Send(new InvalidateRequestMessage(Function, number, 0));
                break;
            case "group":
                Unit.Send(new PageGroupResponseMessage(Function, number, 0));
                break;
            default:
                throw new ArgumentException(kind, nameof(kind));
        }
    }
}
