using IoAsid.Typed.Core;

namespace IoAsid.Typed.Lifetime;

/// <summary>A step of a hold before its reference is taken. A failure there has nothing to release.</summary>
internal interface IHoldPreparation
{
    /// <summary>Prepares a hold, after the check of the life. The reference may still be refused afterwards.</summary>
    void Prepare(LifePage lives, uint id, object data);
}

/// <summary>The preparation of a hold that needs none.</summary>
internal readonly struct NoPreparation : IHoldPreparation
{
    public void Prepare(LifePage lives, uint id, object data)
    {
    }
}
