namespace IoAsid.Typed.Concurrency.Tests.Model;

/// <summary>The operation. The trial chooses its set, id, number or hold from the existing ones.</summary>
internal enum Verb
{
    Allocate,
    AllocateWithoutData,
    AllocateInRange,
    Free,
    Hold,
    HoldWithoutData,
    HoldByPrivateId,
    FreeWhileHeld,
    Release,
    Bind,
    Complete,
    SetData,
    ClearData,
    AttachPrivateId,
    DetachPrivateId,
    CreateSubset,
    Close,
    FreeAll,
    Reserve,
    GiveBack,
}

/// <summary>One step of a sequence. Its numbers are small, so that steps meet the same sets and ids.</summary>
internal sealed record Operation(Verb Verb, int X, int Y);
